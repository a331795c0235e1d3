// The form has its challenge solved while somebody fills it in. Where that fails it is sent without: then the mail may take
// longer, as where scripts are off.
import { solve } from './solve-challenge.js'

const form = document.querySelector('form[data-challenge]')
const field = form.elements.namedItem('altcha')
const status = form.querySelector('[data-solving]')
// well within the time that the server gives
const goodForMs = 2_400_000
// after that it is taken to have failed on its way
const underWayMs = 8_000

let solving
let solvedAt
let isWaiting = false
let isSent = false

const begin = () => {
	if (solving && solvedAt !== undefined && performance.now() - solvedAt > goodForMs) forget()
	solving ??= solve(form.dataset.challenge)
		.catch(() => '')
		.then((solution) => {
			field.value = solution
			solvedAt = performance.now()
		})
	return solving
}

// a solution is good once
const forget = () => {
	solving = undefined
	solvedAt = undefined
	isSent = false
	field.value = ''
}

form.addEventListener('submit', async (event) => {
	if (isSent || isWaiting) return event.preventDefault()
	const isReady = solvedAt !== undefined && performance.now() - solvedAt <= goodForMs
	if (isReady) {
		isSent = true
		setTimeout(forget, underWayMs)
		return
	}
	event.preventDefault()
	isWaiting = true
	status.textContent = status.dataset.solving
	await begin()
	isWaiting = false
	status.textContent = ''
	form.requestSubmit(event.submitter)
})

// a page that comes back out of the browser's memory has been sent already
addEventListener('pageshow', ({ persisted }) => {
	if (persisted) forget()
})

form.querySelector('[data-task]').hidden = false
field.value = ''
if (form.hasAttribute('data-at-once')) form.requestSubmit()
else if (form.contains(document.activeElement)) begin()
else form.addEventListener('focusin', begin, { once: true })
