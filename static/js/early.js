// Before the page is drawn: say that scripts run, so that the drawer takes the place of the plain list of links.
document.documentElement.classList.add("js");
