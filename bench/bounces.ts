import { readReport } from '../src/bounces/index.ts'
import { hasBounceCorpus, type LabelledMail, loadBounceCorpus, scoreBounces } from './parts/score-bounces.ts'

const rounds = 10

/** Reads the collection of real reports, prints how much of it is understood and how fast, and gives reports a second. */
export async function benchBounces(): Promise<number | undefined> {
	if (!hasBounceCorpus) {
		console.log('bounces: left out, there is no ../shared/corpora/bounces')
		return undefined
	}
	const mails = loadBounceCorpus()
	const coldMs = timeMs(mails)
	console.log(`bounces: ${mails.length} real reports, one core\n`)
	for (const { name, right, of } of scoreBounces(mails)) {
		const percent = `${((100 * right) / of).toFixed(1)} %`
		console.log(`${name.padEnd(32)} ${`${right} of ${of}`.padStart(11)} ${percent.padStart(8)}`)
	}
	let totalMs = 0
	for (let round = 0; round < rounds; round += 1) totalMs += timeMs(mails)
	const perSecond = (1_000 * rounds * mails.length) / totalMs
	console.log(`${'reports a second'.padEnd(32)} ${perSecond.toFixed(0).padStart(11)}`)
	console.log(
		`${'… in a process just started'.padEnd(32)} ${((1_000 * mails.length) / coldMs).toFixed(0).padStart(11)}`,
	)
	return perSecond
}

function timeMs(mails: readonly LabelledMail[]): number {
	const start = performance.now()
	for (const { raw } of mails) readReport(raw)
	return performance.now() - start
}

if (import.meta.main) await benchBounces()
