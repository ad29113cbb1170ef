# REML-AR(1) by nlme, one draw after the other: Rscript bootstrap.R DESIGN.csv DRAWS.csv; prints t of the third column
suppressMessages(library(nlme))
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "measured.R"))
X <- as.matrix(read.csv(given[1], header = FALSE))
draws <- as.matrix(read.csv(given[2], header = FALSE))
t_of <- function(y) {
  fit <- gls(y ~ X - 1, correlation = corAR1(), method = "REML")
  coef(fit)[3] / sqrt(vcov(fit)[3, 3])
}
measured(function() apply(draws, 2, t_of))
