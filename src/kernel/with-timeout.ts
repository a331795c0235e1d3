/** Gives what a promise gives, or rejects where it takes longer; the work itself goes on. */
export function withTimeout<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
	let timer: NodeJS.Timeout | undefined
	const late = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
	})
	return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
