type Waiting<Input, Output> = {
	input: Input
	resolve: (output: Output) => void
	reject: (reason: unknown) => void
}

/**
 * Lets many that come at once share one piece of work: what comes while a batch runs makes up the next one, at most `most` of
 * it; a single one begins at once. `run` gives an output for each input, in their order. A batch that fails is repeated one by
 * one, so that each learns of its own failure alone: `run` must bear being repeated.
 */
export function inBatches<Input, Output>(
	run: (inputs: readonly Input[]) => Promise<readonly Output[]>,
	most: number,
): (input: Input) => Promise<Output> {
	const queue: Array<Waiting<Input, Output>> = []
	let isRunning = false

	const runAll = async () => {
		isRunning = true
		while (queue.length > 0) await runOne(run, queue.splice(0, most))
		isRunning = false
	}
	return (input) =>
		new Promise((resolve, reject) => {
			queue.push({ input, resolve, reject })
			// what the same turn of the event loop brings comes along
			if (!isRunning) setImmediate(runAll)
			isRunning = true
		})
}

async function runOne<Input, Output>(
	run: (inputs: readonly Input[]) => Promise<readonly Output[]>,
	batch: ReadonlyArray<Waiting<Input, Output>>,
): Promise<void> {
	try {
		const outputs = await run(batch.map(({ input }) => input))
		for (const [index, { resolve }] of batch.entries()) resolve(outputs[index] as Output)
	} catch (error) {
		const [only, ...others] = batch
		if (only && others.length === 0) only.reject(error)
		else await Promise.all(batch.map((each) => runOne(run, [each])))
	}
}
