// Moves stories of a draft where they stand: by the arrows, by Alt and an arrow, by dragging. The page of the server, which
// would come without this script, is read behind the scenes, and what differs is taken from it.

const form = document.querySelector('form[data-autosave]')
const list = document.querySelector('.prepared')
const live = document.querySelector('[data-live]')
const grip = document.querySelector('[data-grip]').content

const rows = () => [...list.querySelectorAll(':scope > li:not(#story-new)')]
let busy = false

// which control of a row has the focus, so that the same one has it afterwards
const nameOf = (control) => control.value || control.getAttribute('href') || control.className
const controlsOf = (row) => [...row.querySelectorAll('button, a')]

async function send(row, step) {
	if (busy) return
	busy = true
	const focused = row.contains(document.activeElement) ? nameOf(document.activeElement) : ''
	const { id } = row
	try {
		const answer = await fetch(form.action.replace(/texts$/, 'steps'), {
			method: 'POST',
			body: new URLSearchParams({ story: id.replace('story-', ''), ...step }),
			headers: { Accept: 'text/html' },
		})
		const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
		const freshForm = fresh.querySelector('form[data-autosave]')
		// signed out, or sent by a colleague: the page says it better
		if (!answer.ok || !freshForm) return location.reload()
		list.replaceChildren(...fresh.querySelector('.prepared').children)
		const history = '[data-history]'
		document.querySelector(history).replaceChildren(...fresh.querySelector(history).children)
		renew(freshForm)
		addGrips()
		const moved = document.getElementById(id)
		const controls = controlsOf(moved)
		const control = controls.find((each) => nameOf(each) === focused)
		;(control ?? controls[0]).focus()
		const place = rows().indexOf(moved) + 1
		live.textContent = list.dataset.now.replace('{place}', place).replace('{count}', rows().length)
	} catch {
		location.reload()
	} finally {
		busy = false
	}
}

// lines that the newsletter's pattern makes follow the first story; what somebody typed stays, with what it was typed on
function renew(fresh) {
	let isTyped = false
	for (const shown of form.querySelectorAll('[name^="shown_"]')) {
		const field = form.elements[shown.name.slice('shown_'.length)]
		if (field.value !== shown.value) isTyped = true
		else field.value = shown.value = fresh.elements[shown.name].value
	}
	if (!isTyped) form.elements.base.value = fresh.elements.base.value
}

function addGrips() {
	for (const row of rows()) row.querySelector('.place').append(grip.cloneNode(true))
}

list.addEventListener('submit', (event) => {
	const step = event.submitter?.value
	if (step !== 'up' && step !== 'down') return
	event.preventDefault()
	if (event.submitter.ariaDisabled !== 'true') send(event.target.closest('li'), { step })
})

list.addEventListener('keydown', (event) => {
	if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
	const row = event.target.closest('li')
	const step = event.key === 'ArrowUp' ? 'up' : 'down'
	const button = row?.querySelector(`button[value="${step}"]`)
	// a row that is being edited may hold words that are not saved
	if (!button || row.classList.contains('is-edited')) return
	event.preventDefault()
	if (button.ariaDisabled !== 'true') send(row, { step })
})

list.addEventListener('pointerdown', (event) => {
	const handle = event.target.closest('.grip')
	if (!handle || event.button !== 0 || busy || list.querySelector('.is-edited')) return
	event.preventDefault()
	drag(handle.closest('li'))
})

// the others make way around the row, which stays in the page and so keeps the pointer
function drag(row) {
	const before = rows()
	const middle = (other) => {
		const { top, height } = other.getBoundingClientRect()
		return top + height / 2
	}
	row.classList.add('is-dragged')
	const follow = ({ clientY }) => {
		if (clientY < 60) scrollBy(0, -14)
		if (clientY > innerHeight - 60) scrollBy(0, 14)
		const [previous, next] = [row.previousElementSibling, row.nextElementSibling]
		if (previous && clientY < middle(previous)) row.after(previous)
		else if (next && clientY > middle(next)) row.before(next)
		rows().forEach((each, index) => {
			each.querySelector('.place .title').textContent = index + 1
		})
	}
	const end = (isDropped) => {
		row.classList.remove('is-dragged')
		for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener)
		const place = rows().indexOf(row)
		if (place === before.indexOf(row)) return
		if (isDropped) send(row, { step: 'place', at: place + 1 })
		else list.replaceChildren(...before)
	}
	const listeners = {
		pointermove: follow,
		pointerup: () => end(true),
		pointercancel: () => end(false),
		keydown: ({ key }) => key === 'Escape' && end(false),
	}
	for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener)
}

addGrips()
