/** What a promise comes to, if it does so in time. */
export function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds)
    void promise.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
}
