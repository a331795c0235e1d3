// Buttons above the introduction that write its marks. What they write is undone by the browser as if it were typed.

const template = document.querySelector('[data-toolbar]')
const { words } = template.dataset

for (const area of document.querySelectorAll('textarea[name^="introduction_"]')) {
	const bar = template.content.firstElementChild.cloneNode(true)
	bar.setAttribute('aria-controls', area.id)
	area.before(bar)
	const buttons = [...bar.children]
	const reach = (button) => {
		for (const each of buttons) each.tabIndex = each === button ? 0 : -1
	}
	reach(buttons[0])
	bar.addEventListener('click', ({ target }) => {
		const button = target.closest('button')
		if (!button) return
		reach(button)
		marks[button.value](area)
	})
	bar.addEventListener('keydown', (event) => {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
		if (!step) return
		event.preventDefault()
		const next = buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length)
		reach(next)
		next.focus()
	})
	area.addEventListener('keydown', (event) => {
		const mark = { b: 'bold', i: 'italic' }[event.key]
		if (!mark || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
		event.preventDefault()
		marks[mark](area)
	})
}

// `from` and `to`: what is replaced; `start` and `length`: what is selected in the new text
function write(area, { from, to, text, start, length }) {
	area.focus()
	area.setSelectionRange(from, to)
	if (!document.execCommand('insertText', false, text)) {
		area.setRangeText(text)
		area.dispatchEvent(new Event('input', { bubbles: true }))
	}
	area.setSelectionRange(from + start, from + start + length)
}

function wrap(area, mark) {
	const { value, selectionStart: from, selectionEnd: to } = area
	const chosen = value.slice(from, to)
	const outer = [value.slice(0, from), value.slice(to)]
	const isMarked = outer[0].endsWith(mark) && outer[1].startsWith(mark)
	// a bold text is no italic one
	const isOther = mark === '*' && outer[0].endsWith('**') && !outer[0].endsWith('***')
	if (isMarked && !isOther) {
		const size = mark.length
		write(area, { from: from - size, to: to + size, text: chosen, start: 0, length: chosen.length })
		return
	}
	const text = chosen.trim() || words
	const around = chosen.trim() ? chosen.split(text) : ['', '']
	const whole = `${around[0]}${mark}${text}${mark}${around[1]}`
	write(area, { from, to, text: whole, start: around[0].length + mark.length, length: text.length })
}

const marks = {
	bold: (area) => wrap(area, '**'),
	italic: (area) => wrap(area, '*'),
	link(area) {
		const { value, selectionStart: from, selectionEnd: to } = area
		const text = value.slice(from, to) || words
		const address = 'https://'
		write(area, {
			...{ from, to, text: `[${text}](${address})` },
			...{ start: text.length + 3, length: address.length },
		})
	},
	list(area) {
		const { value, selectionEnd: to } = area
		const from = value.lastIndexOf('\n', area.selectionStart - 1) + 1
		const lines = value.slice(from, to).split('\n')
		const isList = lines.every((line) => line.startsWith('- '))
		const text = lines.map((line) => (isList ? line.slice(2) : `- ${line}`)).join('\n')
		write(area, { from, to, text, start: text.length, length: 0 })
	},
}
