/** Whether a URL leads to the machine that opens it: nobody else can follow it (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
export function isOnThisMachine(url: string): boolean {
	if (!URL.canParse(url)) return false
	const host = new URL(url).hostname.toLowerCase().replace(/\.$/, '')
	return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0|\[::\])$/.test(host)
}
