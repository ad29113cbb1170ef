# Own-trend estimates of Upplands Vasby's agreements, computed by R from the raw files and the dates of the study file alone.
#
#   Rscript tests/reference/agreement_reference.R
#
# Writes agreement_reference.csv: one row per agreement, series and baseline with eight points or more on either side. Points lie wholly
# inside their period, both days inclusive. Needs R with nlme (Debian: r-base-core r-recommended).
# gls starts from several values of phi and the best likelihood is kept; its phi is exact to about 1e-5 only.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
raw <- file.path(here, "..", "..", "data", "raw", "upplands-vasby")
suppressMessages(library(nlme))
table_of <- function(name) read.csv(file.path(raw, name), colClasses = c(area_code = "character"))
population <- table_of("mean_population.csv")
population <- population[population$area_code == "0114", ]

agreements <- list("1" = c("2017-01-01", "2018-12-31"), "2" = c("2019-01-01", "2020-12-31"),
                   "3" = c("2021-01-01", "2022-12-31"), "4" = c("2023-03-28", "2027-03-27"))
before_the_first <- c("2015-01-01", "2016-12-31")
indicators <- list(all_offences_quarter = c("quarter", "all_offences"), assault_month = c("month", "assault"),
                   liberty_peace_month = c("month", "offences_against_liberty_and_peace"))

series <- function(grain, type) {
  x <- table_of(sprintf("offences_by_%s.csv", grain))
  x <- x[x$area_code == "0114" & x$offence_type == type, ]
  points <- if (grain == "quarter") 4 else 12
  t <- x$year * points + x[[grain]] - 1
  month <- (t %% points) * (12 / points) + 1
  start <- as.Date(sprintf("%d-%02d-01", x$year, month))
  end <- as.Date(sprintf("%d-%02d-01", x$year + (month + 12 / points > 12), (month + 12 / points - 1) %% 12 + 1)) - 1
  x <- data.frame(t, start, end, y = x$count, e = population$mean_population[match(x$year, population$year)] / points, points)
  x[order(x$t), ]
}
inside <- function(x, days) x$start >= as.Date(days[1]) & x$end <= as.Date(days[2])

estimate <- function(x) {
  p <- x$points[1]
  angle <- 2 * pi * x$t / p
  x$z <- log(x$y + .5) - log(x$e)
  x$years <- (x$t - x$t[1]) / p
  x$place <- as.integer(x$t - x$t[1])
  waves <- if (sum(!x$step) < 2 * p) "" else if (p == 4) "+ sin(angle) + cos(angle) + cos(2 * angle)" else
    "+ sin(angle) + cos(angle) + sin(2 * angle) + cos(2 * angle)"
  x$angle <- angle
  best <- NULL
  for (phi in c(-.6, -.3, .05, .3, .6, .85)) {
    fit <- tryCatch(gls(as.formula(paste("z ~ years + step", waves)), x, correlation = corAR1(phi, form = ~place), method = "REML",
                        control = glsControl(tolerance = 1e-10, msTol = 1e-12, maxIter = 200, msMaxIter = 500)), error = function(e) NULL)
    if (!is.null(fit) && (is.null(best) || fit$logLik > best$logLik)) best <- fit
  }
  c(effect = coef(best)[["stepTRUE"]], error = sqrt(vcov(best)["stepTRUE", "stepTRUE"]),
    rho = as.numeric(coef(best$modelStruct$corStruct, unconstrained = FALSE)), observed = sum(x$y[x$step]))
}

out <- NULL
for (agreement in names(agreements)) for (id in names(indicators)) for (baseline in c("previous", "fixed")) {
  if (agreement == "1" && baseline == "previous") next
  days <- if (baseline == "fixed") before_the_first else agreements[[as.character(as.integer(agreement) - 1)]]
  x <- series(indicators[[id]][1], indicators[[id]][2])
  x$step <- inside(x, agreements[[agreement]])
  x <- x[x$step | inside(x, days), ]
  if (sum(x$step) < 8 || sum(!x$step) < 8) next
  out <- rbind(out, data.frame(agreement, indicator = id, baseline, points_baseline = sum(!x$step), points_period = sum(x$step), t(estimate(x))))
}
write.csv(out, file.path(here, "agreement_reference.csv"), row.names = FALSE, quote = FALSE)
cat(nrow(out), "estimates; R", paste(R.version$major, R.version$minor, sep = "."), "nlme", packageDescription("nlme")$Version, "\n")
