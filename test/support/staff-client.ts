import type { Response } from 'supertest'
import { operator } from '../../src/kernel/actor.ts'
import { createApiKey } from '../../src/staff/index.ts'
import type { TestApp } from './start-test-app.ts'

type Method = 'get' | 'post' | 'patch' | 'delete'

/** Calls the staff API of a test app with an API key of its own. Paths begin after `/api/v1`. */
export type StaffCalls = {
	key: string
	call(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
}

export async function staffOf(app: TestApp): Promise<StaffCalls> {
	const { key } = await createApiKey(app, { name: 'test', scopes: null }, operator)
	return {
		key,
		call: async (method, path, body, headers = {}) => {
			const request = app.request[method](`/api/v1${path}`).set('Authorization', `Bearer ${key}`).set(headers)
			return body === undefined ? request : request.send(body as object)
		},
	}
}
