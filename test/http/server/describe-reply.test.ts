import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { describeReply } from '../../../src/http/server/describe-reply.ts'
import { loadMessages } from '../../../src/kernel/messages.ts'
import { ownReason, ownReasons } from '../../../src/kernel/own-reason.ts'

const messages = loadMessages(fileURLToPath(new URL('../../../src/strings/', import.meta.url)))
const inEnglish = (kept: string) => describeReply(messages, 'en', kept)
const inFrench = (kept: string) => describeReply(messages, 'fr', kept)

describe('why a delivery stands as it does', () => {
	it('is told in the reader’s language where it is Envoi’s own reason', () => {
		const tooLarge = ownReason('too_large', 10_240_000)
		expect(inEnglish(tooLarge)).toContain('larger than the 10,240,000 bytes')
		expect(inFrench(tooLarge)).toMatch(/les 10\s240\s000 octets/)
		expect(inFrench(ownReason('worker_lost'))).toBe(
			'le processus d’envoi a disparu avant que la réponse du relais ait pu être notée',
		)
	})

	it.each(ownReasons)('has a sentence in each language: %s', (reason) => {
		const sentences = messages.locales.map((locale) => describeReply(messages, locale, ownReason(reason, 7)))
		for (const sentence of sentences) expect(sentence).not.toContain('envoi:')
		expect(new Set(sentences).size).toBe(messages.locales.length)
	})

	it('is the relay’s reply as it was given, with the command that it answered', () => {
		const reply = '550 5.1.1 <b>it’s</b> {unknown} envoi: day_full'
		expect([inEnglish(reply), inFrench(reply)]).toEqual([reply, reply])
		expect(inEnglish('554 no spam (in reply to DATA)')).toBe('554 no spam (in reply to DATA)')
		expect(inFrench('554 no spam (in reply to DATA)')).toBe('554 no spam (en réponse à DATA)')
	})

	it('is given as it is where a later version wrote a reason that this one does not know', () => {
		expect(inEnglish('envoi: struck_by_lightning')).toBe('envoi: struck_by_lightning')
	})
})
