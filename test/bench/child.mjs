/** What every process of the bench does: tell its port, and end when the bench ends. */

/** Listens on a free port of the loopback and tells the bench which. */
export function serve(server) {
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
  process.on('disconnect', () => process.exit())
}

/** Does the jobs that the bench gives, one after the other. */
export function work(jobs) {
  process.on('disconnect', () => process.exit())
  process.on('message', async ({ job, options }) => {
    try {
      process.send({ result: await jobs[job](options) })
    } catch (error) {
      process.send({ error: `${job}: ${error.message}` })
    }
  })
  process.send({ port: 0 })
}
