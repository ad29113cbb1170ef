# Shares with standard errors by R's survey package: Rscript survey.R RESPONDENTS.csv AREAS (0: one share overall)
suppressMessages(library(survey))
source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "measured.R"))
answers <- read.csv(given[1])
design <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = answers)
shares <- function(part) { m <- svymean(~insecure, part); c(coef(m), SE(m)) }
areas <- as.integer(given[2])
measured(function() {
  if (areas == 0) t(shares(design))
  else t(sapply(seq_len(areas) - 1, function(a) shares(subset(design, area == a))))
})
