// Buttons that copy what stands in an element. Where copying can't be done they stay hidden.
for (const button of document.querySelectorAll('[data-copy]')) {
	if (!navigator.clipboard) continue
	button.hidden = false
	const status = button.parentElement.querySelector('[role=status]')
	button.addEventListener('click', async () => {
		await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent)
		status.textContent = button.dataset.copied
	})
}
