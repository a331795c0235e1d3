// Follows a digest while it is sent: numbers change in place, once a second at most. Each tenth is said aloud.

const page = document.querySelector('[data-events]')
const live = document.querySelector('[data-live]')
const format = new Intl.NumberFormat(page.dataset.locale)
const numbers = [...page.querySelectorAll('[data-count]')]
const bar = page.querySelector('[data-bar]')
const left = page.querySelector('[data-left]')
const rate = page.querySelector('[data-rate]')
const state = page.querySelector('form[action$="/resume"]') ? 'paused' : 'sending'
const providers = [...page.querySelectorAll('[data-provider]')]
const looks = []
let said = 0

function draw(bar, parts, planned, least = 5) {
	for (const rect of [...bar.querySelectorAll(':scope > rect')]) rect.remove()
	let x = 0
	for (const [name, count] of parts) {
		if (count === 0 || planned === 0) continue
		const width = Math.min(1000 - x, Math.max(least, Math.round((count / planned) * 1000)))
		const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
		for (const [key, value] of Object.entries({ class: name, x, y: 0, width, height: 28 }))
			rect.setAttribute(key, value)
		bar.append(rect)
		x += width
	}
}

const endedOf = ({ accepted, refused, inDoubt }) => accepted + refused + inDoubt

// how fast a provider takes them, over the last ten seconds
function paceOf(index) {
	const [first, last] = [looks[0], looks.at(-1)]
	const seconds = (last.at - first.at) / 1000
	if (seconds < 1) return null
	return (endedOf(last.rows[index]) - endedOf(first.rows[index])) / seconds
}

function showProviders(rows) {
	if (rows.length !== providers.length) return location.reload()
	looks.push({ at: performance.now(), rows })
	while (looks[1]?.at < performance.now() - 10_000) looks.shift()
	for (const [index, row] of rows.entries()) {
		const line = providers[index]
		// what a pause is called, and its end, are the server's words
		if (row.paused !== 'paused' in line.dataset) return location.reload()
		for (const cell of line.querySelectorAll('[data-of]')) {
			cell.textContent = format.format(row[cell.dataset.of])
			cell.classList.toggle('none', cell.dataset.of !== 'accepted' && row[cell.dataset.of] === 0)
		}
		const parts = [
			['accepted', row.accepted],
			['refused', row.refused],
			['in_doubt', row.inDoubt],
		]
		draw(line.querySelector('.bar'), parts, row.planned, 40)
		const now = line.querySelector('[data-now]')
		const pace = paceOf(index)
		if (now && row.due === 0) now.textContent = now.dataset.through
		else if (now && pace !== null)
			now.textContent = now.dataset.words.replace('{rate}', format.format(Math.round(pace * 10) / 10))
	}
}

function show(progress) {
	const returned = progress.refused + progress.bounced + progress.complained
	const counts = {
		accepted: progress.accepted,
		refused: returned,
		inDoubt: progress.inDoubt,
		due: progress.due,
	}
	for (const cell of numbers) cell.textContent = format.format(counts[cell.dataset.count])
	draw(
		bar,
		[
			['accepted', progress.accepted],
			['refused', returned],
			['in_doubt', progress.inDoubt],
		],
		progress.planned,
	)
	showProviders(progress.providers)
	rate.textContent = progress.rate === null ? '–' : format.format(Math.round(progress.rate * 10) / 10)
	const minutes = progress.secondsLeft === null ? null : Math.max(1, Math.round(progress.secondsLeft / 60))
	// there is no telling while sending is held
	if (left)
		left.textContent =
			minutes === null ? '' : left.dataset.leftWords.replace('{minutes}', format.format(minutes))
	const tenth = progress.planned === 0 ? 0 : Math.floor((progress.accepted / progress.planned) * 10)
	if (tenth > said) {
		said = tenth
		live.textContent = live.dataset.liveWords.replace('{share}', `${tenth * 10}`)
	}
	// another page stands for another state
	if (progress.state !== state && progress.state !== 'planning') location.reload()
}

const source = new EventSource(page.dataset.events)
source.addEventListener('progress', (event) => show(JSON.parse(event.data)))
source.addEventListener('over', () => {
	source.close()
	location.reload()
})
