import fc from 'fast-check'

// Set before the first worker starts, by global-setup.ts.
fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED']) })
