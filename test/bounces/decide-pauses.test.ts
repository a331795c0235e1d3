import { expect, test } from 'vitest'
import { decidePauses } from '../../src/bounces/decide-pauses.ts'

test('A few refusals hold nothing back', () => {
	expect(decidePauses({ events: 4, domains: { 'a.example': 4 } })).toEqual({ domains: [], digest: false })
})

test('A domain that accounts for most of the refusals is left alone, and the digest goes on', () => {
	expect(decidePauses({ events: 20, domains: { 'a.example': 18, 'b.example': 2 } })).toEqual({
		domains: ['a.example'],
		digest: false,
	})
	expect(decidePauses({ events: 20, domains: { 'a.example': 11, 'b.example': 9 } })).toEqual({
		domains: ['a.example', 'b.example'],
		digest: false,
	})
})

test('Refusals from everywhere pause the digest: the fault is ours as a whole', () => {
	const domains = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`d${index}.example`, 1]))
	expect(decidePauses({ events: 20, domains })).toEqual({ domains: [], digest: true })
})
