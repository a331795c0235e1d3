// Shows how far an import is while it goes on, and the next page when it is over.
const look = async () => {
	const answer = await fetch(location.href).catch(() => undefined)
	if (!answer?.ok) return
	const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
	const [shown, now] = [document, page].map((each) => each.querySelector('[data-live]'))
	if (!now || now.dataset.state !== shown.dataset.state) return location.reload()
	// a question that somebody has opened stays open
	if (!shown.querySelector('details[open]')) shown.replaceWith(now)
}
setInterval(look, 1_000)
