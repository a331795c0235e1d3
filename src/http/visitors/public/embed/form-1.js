// Answers sign-up forms of Envoi in their page, wherever they are pasted. Without it they work as well: each leads to a page of
// Envoi's. It sets no cookie and keeps nothing. This file is never changed, as pages know it by its hash: a new one gets a new name.
const home = new URL('../..', import.meta.url).href

const isOurs = (form) =>
	form.action?.startsWith?.(`${home}newsletters/`) && form.action.endsWith('/subscriptions')
let made = 0

// a region is heard of where it was there before its words; browsers' own messages would be in the browser's language
function prepare(form) {
	const known = form.querySelector('[data-envoi-said]')
	if (known) return known
	const box = document.createElement('div')
	box.dataset.envoiSaid = ''
	box.tabIndex = -1
	box.setAttribute('role', 'status')
	form.prepend(box)
	form.noValidate = true
	return box
}

function say(form, text, className = '') {
	const box = prepare(form)
	box.className = className
	box.textContent = text
	return box
}

function forget(form) {
	say(form, '')
	for (const each of form.querySelectorAll('[data-envoi-once]')) each.remove()
	for (const field of form.querySelectorAll('[aria-invalid]')) {
		field.removeAttribute('aria-invalid')
		field.removeAttribute('aria-describedby')
	}
}

function mark(field, text) {
	const note = document.createElement('span')
	note.id = `envoi-said-${++made}`
	note.className = 'envoi-mistake'
	note.dataset.envoiOnce = ''
	note.textContent = text
	;(field.closest('label') ?? field).after(note)
	field.setAttribute('aria-invalid', 'true')
	field.setAttribute('aria-describedby', note.id)
}

function showProblem(form, { message, fields = [] }) {
	let first
	const rest = []
	for (const { field, message: told } of fields) {
		const found = form.elements[field === 'givenName' ? 'given_name' : field]
		const input = found?.length === undefined ? found : found[0]
		if (!input) rest.push(told)
		else {
			mark(input, told)
			first ??= input
		}
	}
	if (!first) return say(form, [message, ...rest].join(' '), 'envoi-mistake').focus()
	first.focus()
}

function hide(form, name, value) {
	const field = document.createElement('input')
	Object.assign(field, { type: 'hidden', name, value })
	field.dataset.envoiOnce = ''
	form.append(field)
}

function askAgain(form, { message, meant, useMeant }, typed) {
	const box = say(form, message, 'envoi-said')
	// sent once more as it is, it is taken
	hide(form, 'asked', typed)
	const use = document.createElement('button')
	Object.assign(use, { type: 'submit', name: 'meant', value: meant, textContent: useMeant })
	use.dataset.envoiOnce = ''
	box.after(use)
	box.focus()
}

function showDone(form, { title, message, leadsTo }) {
	if (leadsTo) return location.assign(leadsTo)
	const heading = document.createElement('strong')
	heading.textContent = title
	const box = say(form, ` ${message}`, 'envoi-said')
	box.prepend(heading)
	for (const each of [...form.childNodes]) if (each !== box) each.remove()
	box.focus()
}

async function post(form, body) {
	const answer = await fetch(form.action, {
		method: 'POST',
		body,
		// a browser asks first whether this site may: where not, nothing has been sent
		headers: { Accept: 'application/json', 'Envoi-Form': '1' },
		credentials: 'omit',
		redirect: 'error',
		signal: AbortSignal.timeout(20_000),
	})
	return [answer, await answer.json()]
}

async function send(form, submitter) {
	const data = new URLSearchParams(new FormData(form, submitter))
	form.setAttribute('aria-busy', 'true')
	say(form, form.dataset.envoiSending ?? '…')
	try {
		let [answer, told] = await post(form, data)
		if (told.kind === 'challenge') {
			// while there is an attack, browsers do a small task first
			const { solve } = await import(told.solver)
			data.set('altcha', await solve(told.challenge))
			;[answer, told] = await post(form, data)
		}
		forget(form)
		if (!answer.ok) showProblem(form, told)
		else if (told.kind === 'question') askAgain(form, told, data.get('email'))
		else showDone(form, told)
	} catch {
		say(form, '')
		// the address that was taken in place of the typed one
		if (submitter?.name) hide(form, submitter.name, submitter.value)
		const { submit } = HTMLFormElement.prototype
		submit.call(form)
	}
	form.removeAttribute('aria-busy')
}

document.addEventListener('submit', (event) => {
	const form = event.target
	if (event.defaultPrevented || !isOurs(form)) return
	event.preventDefault()
	if (form.getAttribute('aria-busy') !== 'true') send(form, event.submitter)
})

for (const form of document.forms) if (isOurs(form)) prepare(form)
// one that came later
document.addEventListener('focusin', ({ target: { form } }) => {
	if (form && isOurs(form)) prepare(form)
})
