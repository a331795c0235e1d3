/**
 * A body in the relaxed form that DKIM hashes (RFC 6376 §3.4.4). Takes lines that end with CRLF; the last may lack it.
 */
export function canonicaliseBody(body: string): string {
	const reduced = someRun.test(body) ? body.replace(everyRun, reduceRun) : body
	let end = reduced.length
	while (end >= 2 && reduced.startsWith('\r\n', end - 2)) end -= 2
	return end > 0 ? `${reduced.slice(0, end)}\r\n` : ''
}

// a single space between words stays as it is, so most bodies have nothing to replace
const someRun = /[ \t]{2}|\t| (?=\r\n|$)/
const everyRun = /[ \t]{2,}|\t| (?=\r\n|$)/g

function reduceRun(run: string, offset: number, body: string): string {
	const end = offset + run.length
	return end === body.length || body.startsWith('\r\n', end) ? '' : ' '
}
