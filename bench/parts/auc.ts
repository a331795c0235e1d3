/** The chance that one of `these` is greater than one of `those`, ties counted half (Mann–Whitney). */
export function auc(these: readonly number[], those: readonly number[]): number {
	let greater = 0
	for (const one of these) for (const other of those) greater += one > other ? 1 : one === other ? 0.5 : 0
	return greater / (these.length * those.length)
}
