import type { WebhookProblem } from './enumerations.ts'

/** What came of sending to a target: the status of its answer, or why there was none. */
export type WebhookAnswer = { status: number } | { problem: WebhookProblem }

/**
 * Sends to addresses that others gave us, through the guard that feeds go through: never to a private network, and no redirect is
 * followed. None of it throws for what the other side does.
 */
export type PostWebhook = {
	/** Sends a JSON body; waits for the status alone, and for some seconds at most. */
	post(url: string, request: { headers: Record<string, string>; body: string }): Promise<WebhookAnswer>
	/** Why nothing could be sent there, as far as can be known without asking it; undefined where something could. */
	judge(url: string): Promise<'address' | 'forbidden_address' | undefined>
}
