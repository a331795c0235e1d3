import { expect, test } from 'vitest'
import { decideRetry } from '../../../src/deliveries/lane/retry-policy.ts'

const hours = 3600
const day = 24 * hours

test.each([
	['451 4.7.1 Greylisted, please try again', 1, 0, 300],
	['450 4.2.1 The user you are trying to contact is receiving mail too quickly', 2, 300, 900],
	['452 4.2.2 The email account that you tried to reach is over quota', 3, 1_200, 1_800],
	['451 4.3.0 Temporary lookup failure', 4, 3_000, hours],
	['450 4.1.1 unverified address', 6, 2 * hours, 4 * hours],
	['450 4.1.1 unverified address', 30, 4 * day, 4 * hours],
	// S2: Gmail wants ten minutes of quiet
	['421 4.7.28 Our system has detected an unusual rate of unsolicited mail', 1, 0, 600],
	['421-4.7.28 Our system has detected an unusual rate', 5, 3_000, 2 * hours],
])('“%s” at try %i is tried again (S1)', (reply, attempts, deferredSeconds, afterSeconds) => {
	expect(decideRetry(reply, { attempts, deferredSeconds })).toEqual({ kind: 'retry', afterSeconds })
})

test('The last try is five days after the first refusal, then it is given up (S1)', () => {
	const reply = '451 4.7.1 try later'
	const nearly = { attempts: 33, deferredSeconds: 5 * day - 600 }
	expect(decideRetry(reply, nearly)).toEqual({ kind: 'retry', afterSeconds: 600 })
	expect(decideRetry(reply, { attempts: 34, deferredSeconds: 5 * day })).toEqual({ kind: 'give_up' })
})
