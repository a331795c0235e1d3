// Says every twenty seconds that somebody has the draft open, and shows who else has.

const here = document.querySelector('[data-here]')

async function tell() {
	if (document.hidden) return
	try {
		const answer = await fetch(here.dataset.here, {
			method: 'POST',
			headers: { Accept: 'application/json' },
			redirect: 'error',
		})
		if (!answer.ok) return
		const { words } = await answer.json()
		here.hidden = words === ''
		if (here.textContent !== words) here.textContent = words
	} catch {}
}

tell()
setInterval(tell, 20_000)
document.addEventListener('visibilitychange', tell)
