// Shows the digest anew in the frame beside the form when the colour or the logo has been changed.
const show = document.querySelector('[data-show]')
const form = show?.form
let timer
form?.addEventListener('input', (event) => {
	if (event.target.name === 'scheme') return
	clearTimeout(timer)
	timer = setTimeout(() => form.requestSubmit(show), 250)
})
