// Counts down to the moment the server begins to send. It is the server that holds it: this only shows it.

const box = document.querySelector('[data-countdown]')
const live = document.querySelector('[data-live]')

if (box) {
	const end = Date.now() + Number(box.dataset.countdown) * 1000
	const seconds = box.querySelector('[data-seconds]')
	const bar = box.querySelector('progress')
	live.textContent = live.dataset.start
	let saidTen = false
	const tick = () => {
		const left = Math.max(0, Math.ceil((end - Date.now()) / 1000))
		seconds.textContent = String(left)
		bar.value = bar.max - left
		if (left <= 10 && !saidTen) {
			saidTen = true
			live.textContent = live.dataset.ten
		}
		if (left > 0) setTimeout(tick, 250)
		else setTimeout(() => location.assign(box.dataset.after), 1500)
	}
	tick()
}
