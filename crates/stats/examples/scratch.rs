#![allow(warnings)]
use consilience_stats::plausibility::*; use consilience_stats::MeanSd;
use consilience_stats::plausibility::means::*;
use std::collections::BTreeMap;
fn main(){
  let mut r=csv::Reader::from_path("/tmp/chk/rows.csv").unwrap();
  let mut m:BTreeMap<(String,String),Vec<(String,Arms)>>=BTreeMap::new();
  for rec in r.records(){let c=rec.unwrap(); let f=|i:usize|c[i].parse::<f64>().unwrap_or(0.0);
    let e=MeanSd{mean:f(11),sd:f(12),n:f(14)};let k=MeanSd{mean:f(15),sd:f(16),n:f(18)};
    let a=Arms{experimental:e,comparator:k}; if !a.is_judgeable(){continue;}
    let v=m.entry((c[0].to_string(),format!("{}.{} {}",&c[1],&c[2],&c[3]))).or_default();
    if v.iter().any(|x|x.0==c[7]){continue;} v.push((c[7].to_string(),a)); }
  let revs:Vec<String>={let mut s:Vec<_>=m.keys().map(|k|k.0.clone()).collect();s.dedup();s};
  let half=std::env::args().nth(1).unwrap_or("0".into()).parse::<usize>().unwrap();
  let show=std::env::args().nth(2);
  let mut stat:BTreeMap<(String),Vec<f64>>=BTreeMap::new();
  let mut kinds:BTreeMap<String,usize>=BTreeMap::new(); let mut total=0; let mut ev=[0.0;3]; let mut evn=0;let mut logd=0.0;
  for ((rev,an),st) in &m { if revs.iter().position(|x|x==rev).unwrap()%2!=half {continue;} if st.len()<4{continue;}
    for i in 0..st.len(){ let others:Vec<Arms>=st.iter().enumerate().filter(|x|x.0!=i).map(|x|x.1.1).collect();
      let p=MeansPeers::new(&others); let a=st[i].1; total+=1;
      let w=p.weigh(&a); let b=w[0];
      logd+=p.score(&a);
      let key=|r:MeansReading|{let s=format!("{r:?}");s.split(|c:char|!c.is_alphanumeric()).next().unwrap().to_string()};
      let mut sums:BTreeMap<String,f64>=BTreeMap::new(); for x in &w{*sums.entry(key(x.reading)).or_default()+=x.probability;}
      for (k,v) in &sums { if k!="AsPrinted"&& *v>0.3 {*kinds.entry(k.clone()).or_default()+=1; if show.is_some(){println!("CLEAN {k} {v:.2} {rev} {an} | {} {:?} {:?}",st[i].0,(a.experimental.n,a.experimental.mean,a.experimental.sd),(a.comparator.n,a.comparator.mean,a.comparator.sd));
         for o in others.iter().take(8){println!("      {:?} {:?}",(o.experimental.n,o.experimental.mean,o.experimental.sd),(o.comparator.n,o.comparator.mean,o.comparator.sd));}}}}
      let se=|it:MeanSd|MeanSd{sd:it.sd/it.n.sqrt(),..it};
      let mut slips:Vec<(&str,&str,Arms)>=vec![
        ("se both","SdIsSe",Arms{experimental:se(a.experimental),comparator:se(a.comparator)}),
        ("se one","SdIsSe",Arms{experimental:se(a.experimental),..a}),
        ("rev both","SeIsSd",Arms{experimental:MeanSd{sd:a.experimental.sd*a.experimental.n.sqrt(),..a.experimental},comparator:MeanSd{sd:a.comparator.sd*a.comparator.n.sqrt(),..a.comparator}}),
        ("unit 10 both","OtherUnit",MeansReading::OtherUnit{which:Which::Both,factor:10.0}.apply(&a)),
        ("unit 7 both","OtherUnit",MeansReading::OtherUnit{which:Which::Both,factor:7.0}.apply(&a)),
        ("unit 10 one","OtherUnit",MeansReading::OtherUnit{which:Which::Experimental,factor:10.0}.apply(&a)),
        ("unit 2.54 one","OtherUnit",MeansReading::OtherUnit{which:Which::Experimental,factor:2.54}.apply(&a)),
        ("sd slip","SdSlip",MeansReading::SdSlip{which:Which::Experimental,factor:10.0}.apply(&a)),
        ("mean slip","MeanSlip",MeansReading::MeanSlip{which:Which::Experimental,factor:10.0}.apply(&a)),
        ("sign one","OtherSign",MeansReading::OtherSign(Which::Experimental).apply(&a)),
      ];
      let z=(a.experimental.mean-a.comparator.mean)/((a.experimental.sd.powi(2)/a.experimental.n+a.comparator.sd.powi(2)/a.comparator.n).sqrt());
      // clear: significant, and others pooled in same direction
      let dir:f64=others.iter().map(|o|{let v=o.experimental.sd.powi(2)/o.experimental.n+o.comparator.sd.powi(2)/o.comparator.n; (o.experimental.mean-o.comparator.mean)/v.sqrt()}).sum::<f64>()/(others.len() as f64).sqrt();
      if z.abs()>1.96 && dir.abs()>1.96 && dir*z>0.0 {slips.push(("swap clear","ArmsSwapped",a.swapped()));}
      if z.abs()>4.0 && dir.abs()>4.0 && dir*z>0.0 {slips.push(("swap very clear","ArmsSwapped",a.swapped()));}

      let lrz=|x:&Arms|{let w=p.weigh(x); let l=w.iter().find(|y|y.reading==MeansReading::ArmsSwapped).unwrap().likelihood_ratio; let z=(x.experimental.mean-x.comparator.mean)/((x.experimental.sd.powi(2)/x.experimental.n+x.comparator.sd.powi(2)/x.comparator.n).sqrt()); if z.abs()>1.96 && z*dir<0.0 {l}else{0.0}};
      stat.entry("LR clean".into()).or_default().push(lrz(&a));
      if slips.last().unwrap().0.starts_with("swap") {stat.entry("LR swapped".into()).or_default().push(lrz(&a.swapped()));}
      let md=st.iter().all(|x|true); let big=a.experimental.n>=20.0&&a.comparator.n>=20.0;
      if big {let x=slips[0].2; slips.push(("se both n20","SdIsSe",x)); let q:Vec<f64>=others.iter().map(|o|o.experimental.sd.ln()).collect(); let m=q.iter().sum::<f64>()/q.len() as f64; let sd=(q.iter().map(|y|(y-m).powi(2)).sum::<f64>()/q.len() as f64).sqrt(); if sd<0.7 {slips.push(("se both n20 homog","SdIsSe",x));}}
      for (n,k,x) in slips { let w=p.weigh(&x); let s:f64=w.iter().filter(|y|key(y.reading)==k).map(|y|y.probability).sum(); let any=1.0-w.iter().find(|y|y.reading==MeansReading::AsPrinted).map_or(0.0,|y|y.probability);
        stat.entry(n.to_string()).or_default().push(s); stat.entry(format!("{n} ANY")).or_default().push(any);}
    }}
  println!("total {total} clean {kinds:?} logscore {:.4}", logd/total as f64);
  for (k,v) in stat{let n=v.len() as f64; let f=|t:f64|v.iter().filter(|x|**x>t).count() as f64/n; if k.starts_with("LR"){println!("{k} n={n} {:?}",[1.0,1.5,2.0,3.0,5.0,8.0,12.0,20.0,40.0].map(|t|(t,f(t))));continue;} println!("{k:20} n={n} >.1 {:.3} >.2 {:.3} >.3 {:.3} >.5 {:.3} >.8 {:.3}",f(0.1),f(0.2),f(0.3),f(0.5),f(0.8));}
}
