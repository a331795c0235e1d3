/** Takes indentation and empty lines out of HTML. */
export function tidyLines(html: string): string {
	return html
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean)
		.join('\n')
}
