# Poisson models with HAC standard errors, one series after the other: Rscript counts.R DESIGN.csv COUNTS.csv LAG
suppressMessages(library(sandwich))
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "measured.R"))
X <- as.matrix(read.csv(given[1], header = FALSE))
counts <- as.matrix(read.csv(given[2], header = FALSE))
lag <- as.integer(given[3])
fitted_one <- function(y) {
  fit <- glm(y ~ X - 1, family = poisson, control = glm.control(epsilon = 1e-14))
  c(coef(fit), sqrt(diag(NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = FALSE))))
}
measured(function() t(apply(counts, 2, fitted_one)))
