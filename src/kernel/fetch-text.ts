/**
 * Reads a small text at an https address, for what a provider publishes there. Follows no redirect and takes 64 KiB
 * within some seconds at most; throws where there is no such answer.
 */
export type FetchText = (url: string) => Promise<string>
