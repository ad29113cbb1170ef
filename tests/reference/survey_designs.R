# Sixty generated survey designs and what R `survey` says about them.
#
#   Rscript survey_designs.R
#
# writes survey_designs_data.csv (the answers) and survey_designs_expected.csv (estimates, standard errors, degrees of
# freedom, limits). R 4.2.2, survey 4.1-1; Debian: r-base-core r-cran-survey. The designs cover strata, clusters,
# weights, finite populations, strata with one cluster (rules "adjust" and "certainty"), domains across strata and
# clusters, missing answers, rare shares and shares of exactly 0.
suppressMessages(library(survey))
set.seed(20190101)
options(digits = 17)
rows <- list(); expected <- list()

make_design <- function(id) {
  strata <- sample(1:6, 1); clustered <- id %% 2 == 0; finite <- id %% 3 == 0; single <- id %% 5 == 0
  parts <- lapply(seq_len(strata), function(h) {
    clusters <- if (clustered) sample(2:7, 1) else sample(8:30, 1)
    if (single && h == 1 && strata > 1) clusters <- 1
    size <- if (clustered) sample(2:9, clusters, replace = TRUE) else rep(1, clusters)
    data.frame(stratum = h, cluster = rep(seq_len(clusters) + 100 * h, size),
               fpc = if (finite) clusters + sample(if (clusters == 1) 1:9 else 0:40, 1) else NA)
  })
  d <- do.call(rbind, parts); n <- nrow(d)
  d$weight <- round(switch(id %% 4 + 1, rep(1, n), 10 * d$stratum, runif(n, .3, 4), rlnorm(n, 3, .8)), 3)
  d$domain <- sample(c("north", "centre", "south"), n, replace = TRUE, prob = c(.5, .35, .15))
  d$sex <- sample(c("woman", "man"), n, replace = TRUE); d$age <- sample(c("16-24", "25-64", "65-84"), n, replace = TRUE)
  d$wave <- sample(0:3, n, replace = TRUE)
  p <- switch(id %% 6 + 1, .25, .5, .03, .08, .7, .35)
  d$yes <- rbinom(n, 1, plogis(qlogis(p) + rnorm(1000, 0, .6)[d$cluster %% 1000 + 1]))
  if (id %% 7 == 0) d$yes[d$domain == "south"] <- 0
  if (id %% 4 == 3) d$yes[sample(n, max(2, n %/% 15))] <- NA
  d$worry <- round(rnorm(n, 5 + d$stratum, 2), 2); d$nights <- round(rexp(n, .2) + .5, 2)
  cbind(design = id, single = if (single) c("adjust", "certainty")[id %% 2 + 1] else "refuse", d)
}

keep <- function(id, statistic, domain, value) {
  expected[[length(expected) + 1]] <<- data.frame(design = id, statistic = statistic, domain = domain,
                                                  value = sprintf("%.17g", as.numeric(value)))
}

share <- function(id, des, name) {
  m <- svymean(~yes, des, deff = "replace"); p <- coef(m); s <- SE(m)
  keep(id, "share", name, p); keep(id, "share_se", name, s); keep(id, "share_df", name, degf(des))
  if (s > 0 && degf(des) > 0) {
    keep(id, "share_deff", name, deff(m))
    logit <- attr(svyciprop(~yes, des, method = "xlogit"), "ci"); beta <- attr(svyciprop(~yes, des, method = "beta"), "ci")
    keep(id, "logit_low", name, logit[1]); keep(id, "logit_high", name, logit[2])
    keep(id, "beta_low", name, beta[1]); keep(id, "beta_high", name, beta[2])
  }
}

others <- function(id, des, name) {
  m <- svymean(~worry, des, deff = "replace"); t <- svytotal(~nights, des, deff = "replace"); r <- svyratio(~worry, ~nights, des, deff = "replace")
  keep(id, "mean", name, coef(m)); keep(id, "mean_se", name, SE(m)); keep(id, "mean_deff", name, deff(m))
  keep(id, "total", name, coef(t)); keep(id, "total_se", name, SE(t)); keep(id, "total_deff", name, deff(t))
  keep(id, "ratio", name, coef(r)); keep(id, "ratio_se", name, SE(r)); keep(id, "ratio_deff", name, attr(r, "deff"))
}

between <- function(id, des) {
  by <- svyby(~yes, ~domain, des, svymean, covmat = TRUE)
  both <- subset(des, domain %in% c("centre", "north"))
  change <- svycontrast(by, c(centre = -1, north = 1))
  keep(id, "difference", "north-centre", coef(change)); keep(id, "difference_se", "north-centre", SE(change))
  keep(id, "difference_df", "north-centre", degf(both)); keep(id, "covariance", "north-centre", vcov(by)["north", "centre"])
  if (all(c("centre", "north", "south") %in% by$domain)) {
    std <- svycontrast(by, c(centre = .3, north = .6, south = .1))
    keep(id, "standardised", "", coef(std)); keep(id, "standardised_se", "", SE(std))
  }
}

calibrated <- function(id, des) {
  size <- sum(weights(des)); people <- data.frame(sex = c("woman", "man"), Freq = size * c(.53, .47))
  post <- postStratify(des, ~sex, people)
  a <- svymean(~yes, post); keep(id, "post_share", "", coef(a)); keep(id, "post_share_se", "", SE(a))
  total <- size * c(`(Intercept)` = 1, sexwoman = .53, `age25-64` = .6, `age65-84` = .25)
  raked <- calibrate(des, ~ sex + age, total, calfun = "raking", epsilon = 1e-13, maxit = 200)
  b <- svymean(~yes, raked); keep(id, "raked_share", "", coef(b)); keep(id, "raked_share_se", "", SE(b))
  c <- svyby(~yes, ~domain, raked, svymean)
  for (i in seq_len(nrow(c))) { keep(id, "raked_share", c$domain[i], coef(c)[i]); keep(id, "raked_share_se", c$domain[i], SE(c)[i]) }
}

trend <- function(id, des) {
  fit <- suppressWarnings(svyglm(yes ~ wave, des, family = quasibinomial, control = list(epsilon = 1e-15, maxit = 100)))
  keep(id, "trend", "", coef(fit)["wave"]); keep(id, "trend_se", "", SE(fit)["wave"]); keep(id, "trend_df", "", fit$df.residual)
}

for (id in 1:60) {
  d <- make_design(id); rows[[id]] <- d
  options(survey.lonely.psu = if (d$single[1] == "refuse") "fail" else as.character(d$single[1]))
  des <- if (is.na(d$fpc[1])) svydesign(~cluster, strata = ~stratum, weights = ~weight, data = d) else
    svydesign(~cluster, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = d)
  answered <- subset(des, !is.na(yes))
  share(id, answered, ""); others(id, des, "")
  for (name in sort(unique(d$domain))) {
    part <- subset(answered, domain == name)
    if (nrow(part) > 1) { share(id, part, name); others(id, subset(des, domain == name), name) }
  }
  if (all(c("centre", "north") %in% answered$variables$domain)) between(id, answered)
  if (!anyNA(d$yes) && nrow(d) > 40) calibrated(id, des)
  if (id %% 6 %in% c(0, 1, 5) && nrow(d) > 30) trend(id, answered)
}
write.csv(do.call(rbind, rows), "survey_designs_data.csv", row.names = FALSE, quote = FALSE, na = "")
write.csv(do.call(rbind, expected), "survey_designs_expected.csv", row.names = FALSE, quote = FALSE)
