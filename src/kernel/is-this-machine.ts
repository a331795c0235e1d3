/** Whether a host is the machine itself, where nothing goes over a network (W3C Secure Contexts §3.1). */
export function isThisMachine(hostname: string): boolean {
	return /^(?:.+\.)?localhost$|^127(?:\.\d+){3}$|^\[::1\]$/.test(hostname)
}
