// The browser that signed up confirms without a second click. The page includes this only where it carries the cookie
// of that sign-up; the button does the same where scripts are off.
const form = document.querySelector('form[data-at-once]')
const status = document.querySelector('[data-working]')

const confirm = () => {
	status.textContent = status.dataset.working
	form.requestSubmit()
}

// a page that is only being prepared, or stands in a tab that nobody looks at, has not been opened by anybody yet
const whenSeen = () => {
	if (document.visibilityState === 'visible') confirm()
	else document.addEventListener('visibilitychange', whenSeen, { once: true })
}

if (document.prerendering) document.addEventListener('prerenderingchange', whenSeen, { once: true })
else whenSeen()
