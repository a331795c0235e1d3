import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { continueImport } from '../../src/subscriptions/index.ts'

// A process that goes on with an import, to be killed in the middle. usage: continue-import.ts ID

const app = await openApp(readConfig())
process.stdout.write('begun\n')
await continueImport(app, { importId: Number(process.argv[2]) })
process.stdout.write('ended\n')
process.exit()
