project = "Author"
html_theme = "alabaster"
html_static_path = ["_static"]
