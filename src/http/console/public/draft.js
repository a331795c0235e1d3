// Saves a draft a second after the last key, and when a field is left; tells where that fails, and loses nothing.

const form = document.querySelector('form[data-autosave]')
const saved = document.querySelector('[data-saved]')
const live = document.querySelector('[data-live]')
const base = form.elements.base
const kept = `envoi draft ${form.action}`

let timer
let saving = false
let dirty = false

function show(words, problem) {
	saved.lastElementChild.textContent = words
	saved.classList.toggle('stops', Boolean(problem))
	if (problem) live.textContent = words
}

function keep() {
	try {
		const fields = [...new FormData(form)].filter(([name]) => name !== 'base')
		sessionStorage.setItem(kept, JSON.stringify(fields))
	} catch {}
}

async function save() {
	if (saving || !dirty) return
	saving = true
	dirty = false
	show(saved.dataset.saving)
	try {
		const answer = await fetch(form.action, {
			method: 'POST',
			body: new URLSearchParams(new FormData(form)),
			headers: { 'X-Autosave': 'yes', Accept: 'application/json' },
			redirect: 'error',
		})
		if (answer.ok) {
			const { base: version, savedAt } = await answer.json()
			base.value = version
			const time = new Date(savedAt).toLocaleTimeString(document.documentElement.lang, {
				hour: '2-digit',
				minute: '2-digit',
			})
			show(saved.dataset.done.replace('{time}', time))
			sessionStorage.removeItem(kept)
		} else {
			keep()
			show(answer.status === 409 ? saved.dataset.clash : saved.dataset.failed, true)
		}
	} catch {
		dirty = true
		keep()
		show(saved.dataset.failed, true)
	}
	saving = false
}

form.addEventListener('input', () => {
	dirty = true
	clearTimeout(timer)
	timer = setTimeout(save, 1000)
})
form.addEventListener('focusout', save)
form.addEventListener('submit', () => {
	dirty = false
	clearTimeout(timer)
})
window.addEventListener('beforeunload', (event) => {
	if (dirty || saving) event.preventDefault()
})

// what could not be saved, as after the end of a session, is there again
try {
	const left = JSON.parse(sessionStorage.getItem(kept) ?? 'null')
	if (left) {
		for (const [name, value] of left) if (form.elements[name]) form.elements[name].value = value
		sessionStorage.removeItem(kept)
		dirty = true
		save()
	}
} catch {}

// Alt and an arrow move the story that has the focus
document.querySelector('.prepared')?.addEventListener('keydown', (event) => {
	if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
	const row = event.target.closest('li')
	const button = row?.querySelector(`button[value="${event.key === 'ArrowUp' ? 'up' : 'down'}"]`)
	if (!button || button.ariaDisabled === 'true') return
	event.preventDefault()
	button.click()
})
