/** Whether a URL leads to the machine that opens it: nobody else can follow it. */
export function isOnThisMachine(url: string): boolean {
	return URL.canParse(url) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)
}
