/**
 * A Redis of processes that a test starts: they have no prefix of their own for their keys, and one that finds the mark of another
 * database there takes its own for a restored one. `number`: of Redis's 16 databases, each for one file.
 */
export function redisApart(url: string, number: number): string {
	const apart = new URL(url)
	apart.pathname = `/${number}`
	return String(apart)
}
