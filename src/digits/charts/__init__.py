"""Every plot, from numbers to figures: no function here reads, trains or logs anything.

`evaluation` holds what an evaluation shows, one function a picture in reports/. The notebooks show `data` and `network`
as well, `comparison` sets runs beside each other, `study` is about a hyperparameter search; all share `style`.
"""
