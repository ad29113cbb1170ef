# Reference values for the models of one series, computed by R.
#
#   Rscript tests/reference/series_reference.R
#
# Reads the study's published figures (data/raw/upplands-vasby) and tests/reference/series_generated.csv (made by
# series_generate.py, same folder), writes series_reference.csv: case, quantity, value, source.
# Needs R with nlme, MASS, sandwich, lmtest (Debian: r-base-core r-recommended r-cran-sandwich r-cran-lmtest).
#
# gls: every fit starts from 21 values of phi with two optimisers; the best likelihood is kept (phi_gls). Its phi is
# exact to about 1e-5 only, because the likelihood is flat at its top, so coefficients and standard errors are those of
# gls at the exact maximum of the same likelihood, found as the root of its derivative.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
root <- file.path(here, "..", "..")
options(digits = 15)
suppressMessages({ library(nlme); library(MASS); library(sandwich); library(lmtest) })
version_of <- function(p) sprintf("R package %s %s", p, packageDescription(p)$Version)
base_r <- sprintf("R %s.%s stats", R.version$major, R.version$minor)
tight <- glm.control(epsilon = 1e-14, maxit = 500)

out <- NULL
add <- function(case, quantity, value, source)
  out <<- rbind(out, data.frame(case, quantity, value = sprintf("%.15g", as.numeric(value)), source))
add_all <- function(case, prefix, values, names, source)
  for (i in seq_along(names)) add(case, paste0(prefix, names[i]), values[i], source)

# ---------------------------------------------------------------- the cases
# t: whole-numbered time; y: count or value; e: exposure (1 for values); s: step; place: 0-based place in the year
quarterly <- function() {
  d <- read.csv(file.path(root, "data/raw/upplands-vasby/offences_by_quarter.csv"), colClasses = c(area_code = "character"))
  p <- read.csv(file.path(root, "data/raw/upplands-vasby/mean_population.csv"), colClasses = c(area_code = "character"))
  cases <- list()
  for (a in c("0114", "0163", "0123", "0180")) {
    x <- d[d$area_code == a & d$offence_type == "all_offences" & d$year <= 2025, ]
    x <- x[order(x$year, x$quarter), ]
    pop <- p$mean_population[match(paste(a, x$year), paste(p$area_code, p$year))]
    if (nrow(x) == 0 || any(is.na(pop))) next
    t <- (x$year - 2014) * 4 + x$quarter - 1                       # 2014 Q3-Q4 are missing: a true gap of three
    cases[[paste0("quarter_", a)]] <- data.frame(t, y = x$count, e = pop / 4, s = as.numeric(x$year >= 2021), place = x$quarter - 1, points = 4)
  }
  cases
}
monthly <- function() {
  d <- read.csv(file.path(root, "data/raw/upplands-vasby/offences_by_month.csv"), colClasses = c(area_code = "character"))
  cases <- list()
  for (a in unique(d$area_code)) {
    x <- d[d$area_code == a & d$offence_type == "assault", ]
    if (nrow(x) < 48) next
    x <- x[order(x$year, x$month), ]
    t <- (x$year - 2020) * 12 + x$month - 1
    cases[[paste0("month_", a)]] <- data.frame(t, y = x$count, e = 1000, s = as.numeric(t >= 30), place = x$month - 1, points = 12)
  }
  cases
}
yearly <- function() {
  d <- read.csv(file.path(root, "data/raw/upplands-vasby/offences_by_year.csv"), colClasses = c(area_code = "character"))
  x <- d[d$area_code == "0114" & d$offence_type == "all_offences", ]
  x <- x[order(x$year), ]
  list(year_0114 = data.frame(t = x$year - 1996, y = x$count, e = 1000, s = as.numeric(x$year >= 2017), place = 0, points = 1))
}
generated <- function() {
  g <- read.csv(file.path(here, "series_generated.csv"))
  split(g[, c("t", "y", "e", "s", "place", "points")], g$case)
}

columns <- function(x) {
  m <- cbind(level = 1, trend = x$t / x$points[1], step = x$s)
  p <- x$points[1]
  if (p > 1) for (k in 1:2) {
    if (2 * k < p) m <- cbind(m, setNames(data.frame(sin(2 * pi * k * x$place / p)), paste0("sin", k)))
    m <- cbind(m, setNames(data.frame(cos(2 * pi * k * x$place / p)), paste0("cos", k)))
  }
  as.matrix(m)
}

# ---------------------------------------------------------------- REML with AR(1)
reml <- function(phi, X, y, t) {
  n <- nrow(X); p <- ncol(X); r <- phi^diff(t); q <- sqrt(1 - r^2)
  w <- function(v) rbind(v[1, , drop = FALSE], (v[-1, , drop = FALSE] - r * v[-n, , drop = FALSE]) / q)
  d <- qr(w(X)); rss <- sum(qr.resid(d, w(as.matrix(y)))^2)
  -.5 * ((n - p) * (log(2 * pi * rss / (n - p)) + 1) + sum(log(1 - r^2)) + 2 * sum(log(abs(diag(qr.R(d))))))
}
best_gls <- function(X, y, t) {
  data <- data.frame(y, t, X); f <- as.formula(paste("y ~ 0 +", paste(colnames(X), collapse = "+")))
  best <- NULL
  for (phi in seq(-.9, .95, length.out = 21)) for (o in c("nlminb", "optim")) {
    m <- tryCatch(gls(f, data, correlation = corAR1(phi, form = ~t), method = "REML", control = glsControl(opt = o, tolerance = 1e-10, msTol = 1e-12, maxIter = 200, msMaxIter = 500)), error = function(e) NULL)
    if (is.null(m)) next
    at <- coef(m$modelStruct$corStruct, unconstrained = FALSE)
    if (abs(at) < .99 && (is.null(best) || m$logLik > best$logLik + 1e-10)) best <- m
  }
  phi <- as.numeric(coef(best$modelStruct$corStruct, unconstrained = FALSE))
  slope <- function(phi) (reml(phi + 1e-5, X, y, t) - reml(phi - 1e-5, X, y, t)) / 2e-5
  exact <- uniroot(slope, phi + c(-.01, .01), extendInt = "yes", tol = 1e-13)$root
  fixed <- gls(f, data, correlation = corAR1(exact, form = ~t, fixed = TRUE), method = "REML")
  list(phi = phi, loglik = best$logLik, fixed = fixed, exact = exact)
}

options(warn = -1)   # glm.fit warns when it cannot improve the last digit
for (case in names(cases <- c(quarterly(), monthly(), yearly(), generated()))) {
  x <- cases[[case]]; X <- columns(x); names <- colnames(X)
  # gls on the log rate (cases named value_*: on the value)
  y <- if (grepl("^value", case)) x$y else log(x$y + .5) - log(x$e)
  g <- best_gls(X, y, x$t); source <- version_of("nlme")
  add(case, "gls_phi", g$phi, source); add(case, "gls_loglik", g$loglik, source)
  add(case, "gls_sigma", g$fixed$sigma, source)
  add_all(case, "gls_b_", coef(g$fixed), names, source)
  add_all(case, "gls_se_", sqrt(diag(vcov(g$fixed))), names, source)
  white <- as.numeric(residuals(g$fixed, type = "normalized")); source <- paste(base_r, "Box.test")
  lags <- if (x$points[1] == 12) 12 else 4
  b <- Box.test(white, lag = lags, type = "Ljung-Box", fitdf = 1)
  add(case, "ljung_box", b$statistic, source); add(case, "ljung_box_p", b$p.value, source)
  if (grepl("^value", case)) {
    m <- lm(x$y ~ 0 + X); source <- version_of("sandwich")
    add_all(case, "lm_b_", coef(m), names, paste(base_r, "lm"))
    add_all(case, "lm_hac3_se_", sqrt(diag(NeweyWest(m, lag = 3, prewhite = FALSE, adjust = TRUE))), names, source)
    next
  }
  # count models with offset
  p <- glm(x$y ~ 0 + X + offset(log(x$e)), family = poisson, control = tight)
  add_all(case, "poisson_b_", coef(p), names, paste(base_r, "glm"))
  add_all(case, "poisson_se_", sqrt(diag(vcov(p))), names, paste(base_r, "glm"))
  add(case, "poisson_deviance", deviance(p), paste(base_r, "glm")); add(case, "poisson_loglik", logLik(p), paste(base_r, "glm"))
  q <- glm(x$y ~ 0 + X + offset(log(x$e)), family = quasipoisson, control = tight)
  add_all(case, "quasi_se_", sqrt(diag(vcov(q))), names, paste(base_r, "glm"))
  add(case, "quasi_dispersion", summary(q)$dispersion, paste(base_r, "glm"))
  if (!any(x$t != seq_len(nrow(x)) - 1 + x$t[1]))   # sandwich counts rows, not time: compare only without gaps
    add_all(case, "hac3_se_", sqrt(diag(NeweyWest(p, lag = 3, prewhite = FALSE, adjust = TRUE))), names, version_of("sandwich"))
  # glm.nb, then theta at the exact maximum of the profile likelihood (glm.nb stops at about 1e-4)
  n <- tryCatch(suppressWarnings(glm.nb(x$y ~ 0 + X + offset(log(x$e)), control = tight)), error = function(e) NULL)
  if (is.null(n) || n$theta > 1e5) { add(case, "nb_no_overdispersion", 1, version_of("MASS")); next }
  # Fisher scoring is only linear for this family: restarts take the coefficients from 1e-7 to the last digits
  at <- function(lt) { m <- NULL
    for (i in 1:6) m <- glm.fit(X, x$y, offset = log(x$e), family = negative.binomial(exp(lt)), control = tight, start = if (is.null(m)) coef(n) else coef(m))
    m }
  score <- function(lt) { th <- exp(lt); mu <- at(lt)$fitted.values
    sum(digamma(th + x$y) - digamma(th) + log(th) + 1 - log(th + mu) - (x$y + th) / (mu + th)) }
  lt <- uniroot(score, log(n$theta) + c(-.2, .2), extendInt = "yes", tol = 1e-12)$root
  fit <- at(lt); class(fit) <- c("glm", "lm"); R <- chol2inv(fit$qr$qr[seq_len(ncol(X)), seq_len(ncol(X))])
  add(case, "nb_theta_glm_nb", n$theta, version_of("MASS")); add(case, "nb_theta", exp(lt), version_of("MASS"))
  add_all(case, "nb_b_", coef(fit), names, version_of("MASS"))
  add_all(case, "nb_se_", sqrt(diag(R)), names, version_of("MASS"))
  add(case, "nb_loglik", sum(dnbinom(x$y, size = exp(lt), mu = fit$fitted.values, log = TRUE)), version_of("MASS"))
}
write.csv(out, file.path(here, "series_reference.csv"), row.names = FALSE, quote = 4)
cat(nrow(out), "values of", length(unique(out$case)), "cases\n")
