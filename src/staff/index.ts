export { apiKeyInput, createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
export { authenticate } from './authenticate.ts'
export type { ApiKey } from './store.ts'
