import { parentPort, workerData } from 'node:worker_threads'
import { parseFeed } from './parse-feed.ts'

/** What the thread is given: the bytes as they came and what was said of them. */
export type ParseInput = { bytes: Uint8Array; url: string | null; contentType: string | null }

const { bytes, url, contentType } = workerData as ParseInput
parentPort?.postMessage(parseFeed(bytes, url, contentType))
