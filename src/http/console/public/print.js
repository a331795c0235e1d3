// The button that prints the page; who has no script has that of the browser.

const button = document.querySelector('[data-print]')
button.hidden = false
button.addEventListener('click', () => window.print())
