//! Tables that several tests read: published data as facts.

/// Colditz et al. (1994), 13 trials of the BCG vaccine.
pub(crate) const BCG: &str = "author,year,tpos,tneg,cpos,cneg,ablat,alloc
Aronson,1948,4,119,11,128,44,random
Ferguson & Simes,1949,6,300,29,274,55,random
Rosenthal et al,1960,3,228,11,209,42,random
Hart & Sutherland,1977,62,13536,248,12619,52,random
Frimodt-Moller et al,1973,33,5036,47,5761,13,alternate
Stein & Aronson,1953,180,1361,372,1079,44,alternate
Vandiviere et al,1973,8,2537,10,619,19,random
TPT Madras,1980,505,87886,499,87892,13,random
Coetzee & Berjak,1968,29,7470,45,7232,27,random
Rosenthal et al,1961,17,1699,65,1600,42,systematic
Comstock et al,1974,186,50448,141,27197,18,systematic
Comstock & Webster,1969,5,2493,3,2338,33,systematic
Comstock et al,1976,27,16886,29,17825,33,systematic
";

/// Konstantopoulos (2011): standardised mean differences of modified school calendars, schools within districts.
pub(crate) const SCHOOLS: &str = "district,school,study,year,yi,vi
11,1,1,1976,-0.18,0.118
11,2,2,1976,-0.22,0.118
11,3,3,1976,0.23,0.144
11,4,4,1976,-0.3,0.144
12,1,5,1989,0.13,0.014
12,2,6,1989,-0.26,0.014
12,3,7,1989,0.19,0.015
12,4,8,1989,0.32,0.024
18,1,9,1994,0.45,0.023
18,2,10,1994,0.38,0.043
18,3,11,1994,0.29,0.012
27,1,12,1976,0.16,0.02
27,2,13,1976,0.65,0.004
27,3,14,1976,0.36,0.004
27,4,15,1976,0.6,0.007
56,1,16,1997,0.08,0.019
56,2,17,1997,0.04,0.007
56,3,18,1997,0.19,0.005
56,4,19,1997,-0.06,0.004
58,1,20,1976,-0.18,0.02
58,2,21,1976,0,0.018
58,3,22,1976,0,0.019
58,4,23,1976,-0.28,0.022
58,5,24,1976,-0.04,0.02
58,6,25,1976,-0.3,0.021
58,7,26,1976,0.07,0.006
58,8,27,1976,0,0.007
58,9,28,1976,0.05,0.007
58,10,29,1976,-0.08,0.007
58,11,30,1976,-0.09,0.007
71,1,31,1997,0.3,0.015
71,2,32,1997,0.98,0.011
71,3,33,1997,1.19,0.01
86,1,34,1997,-0.07,0.001
86,2,35,1997,-0.05,0.001
86,3,36,1997,-0.01,0.001
86,4,37,1997,0.02,0.001
86,5,38,1997,-0.03,0.001
86,6,39,1997,0,0.001
86,7,40,1997,0.01,0.001
86,8,41,1997,-0.1,0.001
91,1,42,2000,0.5,0.01
91,2,43,2000,0.66,0.011
91,3,44,2000,0.2,0.01
91,4,45,2000,0,0.009
91,5,46,2000,0.05,0.013
91,6,47,2000,0.07,0.013
108,1,48,2000,-0.52,0.031
108,2,49,2000,0.7,0.031
108,3,50,2000,-0.03,0.03
108,4,51,2000,0.27,0.03
108,5,52,2000,-0.34,0.03
644,1,53,1995,0.12,0.087
644,2,54,1995,0.61,0.082
644,3,55,1994,0.04,0.067
644,4,56,1994,-0.05,0.067
";

/// Pritz (1997): patients whose symptoms of cerebral vasospasm improved under hyperdynamic therapy.
pub(crate) const VASOSPASM: &str = "study,authors,xi,ni
1,Giannotta et al.,16,17
2,Haraguchi and Ebina,10,12
3,Swift and Solomon,4,8
4,Kassell et al.,43,58
5,Tanabe et al.,10,10
6,Awad et al.,25,42
7,Finn et al.,13,14
8,Hadeishi et al.,12,12
9,Otsubo et al.,22,41
10,Muizelaar and Becker,4,5
11,Rosenstein et al.,5,6
12,Levy et al.,18,23
13,Shimoda et al.,58,68
14,Solomon et al.,6,10
";

/// Hart et al. (1999): strokes over patient-years under warfarin and under placebo.
pub(crate) const WARFARIN: &str = "study,x1i,t1i,x2i,t2i
AFASAK,9,413,19,398
SPAF,8,263,19,245
BAATAF,3,487,13,435
CAFA,6,237,9,241
SPINAF,7,489,23,483
EAFT,20,507,50,405
";
