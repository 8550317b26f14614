# metafor on the files of the folder named as the argument; what is printed: see ../../src/peers.rs.
suppressPackageStartupMessages(library(metafor))
folder <- commandArgs(trailingOnly = TRUE)[1]
read <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))
cat(sprintf("version,R,%s\n", getRversion()))
cat(sprintf("version,metafor,%s\n", packageVersion("metafor")))

cpu <- function() sum(proc.time()[1:2])
# Processor time of one unit: `units` of them in one call of `work`, after a call that warms up.
measure <- function(case, units, work, warm = TRUE) {
  if (warm) work()
  start <- cpu(); result <- work(); seconds <- (cpu() - start) / units
  cat(sprintf("time,%s,%.9g\n", case, seconds))
  invisible(result)
}
answer <- function(case, item, value) cat(sprintf("answer,%s,%s,%.17g\n", case, item, value))
answers <- function(case, fit) {
  answer(case, "estimate", fit$beta[1]); answer(case, "se", fit$se[1]); answer(case, "tau2", fit$tau2[1])
}
tight <- list(threshold = 1e-12, maxiter = 1000)

small <- split(read("small"), read("small")$group)
for (method in c("DL", "REML")) {
  case <- paste0(tolower(method), "_k10")
  fits <- measure(case, length(small), function()
    lapply(small, function(d) tryCatch(rma(yi, vi, data = d, method = method), error = function(e) NULL)))
  for (i in 1:20) {
    fit <- rma(yi, vi, data = small[[i]], method = method, control = tight)
    answer(case, paste0("estimate", i), fit$beta[1]); answer(case, paste0("tau2_", i), fit$tau2)
  }
}

medium <- split(read("medium"), read("medium")$group)
measure("reml_k20", length(medium), function()
  lapply(medium, function(d) tryCatch(rma(yi, vi, data = d), error = function(e) NULL)))
for (i in 1:20) {
  fit <- rma(yi, vi, data = medium[[i]], control = tight)
  answer("reml_k20", paste0("estimate", i), fit$beta[1]); answer("reml_k20", paste0("tau2_", i), fit$tau2)
}

first <- medium[[1]]
silent <- function(work) { utils::capture.output(result <- work()); result }
set.seed(1)
plain <- rma(yi, vi, data = first)
test <- measure("permutation_k20", 1, function()
  silent(function() permutest(plain, iter = 1000, progbar = FALSE)), warm = FALSE)
answer("permutation_k20", "p", test$pval[1])
moderated <- rma(yi, vi, mods = ~ x, data = first)
test <- measure("permutation_regression_k20", 1, function()
  silent(function() permutest(moderated, iter = 1000, progbar = FALSE)), warm = FALSE)
answer("permutation_regression_k20", "p", test$pval[2])

fit <- rma(yi, vi, data = read("influence"), control = tight)
found <- measure("influence_k200", 1, function() influence(fit), warm = FALSE)
for (i in 1:20) {
  answer("influence_k200", paste0("cook_d", i), found$inf$cook.d[i])
  answer("influence_k200", paste0("dffits", i), found$inf$dffits[i])
  answer("influence_k200", paste0("tau2_del", i), found$inf$tau2.del[i])
}

selected <- rma(yi, vi, data = read("selected"), method = "ML")
for (type in c("stepfun", "beta", "halfnorm", "negexp")) {
  case <- paste0("selection_", type)
  model <- function() if (type == "stepfun") selmodel(selected, type = type, steps = 0.025) else selmodel(selected, type = type)
  fit <- measure(case, 1, model, warm = FALSE)
  answers(case, fit)
  answer(case, "ll", as.numeric(logLik(fit)))
}

asymmetric <- rma(yi, vi, data = read("asymmetric"), control = tight)
filled <- measure("trim_and_fill_k50", 1, function() trimfill(asymmetric))
answers("trim_and_fill_k50", filled)
answer("trim_and_fill_k50", "k0", filled$k0)

clustered <- read("clustered")
clustered$id <- seq_len(nrow(clustered))
fit <- measure("three_level_k2000", 1, function()
  rma.mv(yi, vi, random = ~ 1 | x / id, data = clustered, sparse = TRUE), warm = FALSE)
answer("three_level_k2000", "estimate", fit$beta[1])
answer("three_level_k2000", "se", fit$se[1])
answer("three_level_k2000", "sigma2_between", fit$sigma2[1])
answer("three_level_k2000", "sigma2_within", fit$sigma2[2])

tables <- read("tables")
for (model in c("UM.FS", "CM.EL")) {
  case <- paste0("glmm_", tolower(sub(".", "_", model, fixed = TRUE)))
  fit <- tryCatch(measure(case, 1, function() rma.glmm(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i,
    data = tables, model = model), warm = FALSE), error = function(e) cat("# ", case, ": ", conditionMessage(e), "\n", sep = ""))
  if (!is.null(fit)) answers(case, fit)
}
