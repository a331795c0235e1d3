import './here.js'
import './order.js'
import './toolbar.js'

// Saves a draft a second after the last key, and when a field is left; tells where that fails, and loses nothing.

const form = document.querySelector('form[data-autosave]')
const saved = document.querySelector('[data-saved]')
const live = document.querySelector('[data-live]')
const unsaved = `envoi draft ${form.action}`

let timer
let saving = false
let dirty = false

function show(words, problem) {
	saved.lastElementChild.textContent = words
	saved.classList.toggle('stops', Boolean(problem))
	if (problem) live.textContent = words
}

// with the version that it was typed on, so that the server can tell what a colleague changed since
function keep() {
	try {
		sessionStorage.setItem(unsaved, JSON.stringify([...new FormData(form)]))
	} catch {}
}

const plain = (text) => text.replaceAll('\r\n', '\n')

// Colleagues' words come into fields that nobody touches here. False where somebody typed into one of them meanwhile.
function takeOver({ base, kept }, sent) {
	const fresh = []
	for (const [name, texts] of Object.entries(kept)) {
		for (const [locale, text] of Object.entries(texts)) {
			const field = form.elements[`${name}_${locale}`]
			const shown = form.elements[`shown_${name}_${locale}`]
			const posted = plain(sent.get(field.name))
			if (posted !== plain(sent.get(shown.name))) fresh.push([shown, posted])
			else if (text !== posted) {
				if (field.value !== posted) return false
				fresh.push([field, text], [shown, text])
			}
		}
	}
	for (const [field, text] of fresh) field.value = text
	form.elements.base.value = base
	return true
}

// what is saved can be undone at once; the buttons may have been exchanged meanwhile by order.js
function unlock(history) {
	for (const [name, can] of Object.entries(history)) {
		const button = document.querySelector(`[data-history] form[action$="/${name}"] button`)
		if (can) button.removeAttribute('aria-disabled')
		else button.setAttribute('aria-disabled', 'true')
	}
}

async function save() {
	if (saving || !dirty) return
	saving = true
	dirty = false
	show(saved.dataset.saving)
	const sent = new URLSearchParams(new FormData(form))
	try {
		const answer = await fetch(form.action, {
			method: 'POST',
			body: sent,
			headers: { 'X-Autosave': 'yes', Accept: 'application/json' },
			redirect: 'error',
		})
		if (answer.ok) {
			const json = await answer.json()
			sessionStorage.removeItem(unsaved)
			// the page that comes then shows both texts
			if (!takeOver(json, sent)) return form.requestSubmit()
			unlock(json.history)
			show(saved.dataset.done.replace('{time}', json.time))
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
	if (dirty && !saved.classList.contains('stops')) timer = setTimeout(save, 1000)
}

// which language a phone shows, also on the page that comes after a step
const tabs = [...document.querySelectorAll('[name="language-shown"]')]
for (const tab of tabs) {
	try {
		if (tab.id === sessionStorage.getItem('envoi language')) tab.checked = true
		tab.addEventListener('change', () => sessionStorage.setItem('envoi language', tab.id))
	} catch {}
}

form.addEventListener('input', () => {
	dirty = true
	clearTimeout(timer)
	timer = setTimeout(save, 1000)
})
form.addEventListener('focusout', save)
form.addEventListener('submit', () => {
	dirty = false
	saving = false
	clearTimeout(timer)
})
window.addEventListener('beforeunload', (event) => {
	if (dirty || saving) event.preventDefault()
})

// what could not be saved, as after the end of a session, is there again; where two texts clash the page shows both itself
try {
	const left = JSON.parse(sessionStorage.getItem(unsaved) ?? 'null')
	sessionStorage.removeItem(unsaved)
	if (left && !form.querySelector('.conflicts')) {
		for (const [name, value] of left) if (form.elements[name]) form.elements[name].value = value
		dirty = true
		save()
	}
} catch {}
