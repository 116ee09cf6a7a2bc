"""The windows for forms: one in which a form is described, one in which doubtful fields are looked at."""
