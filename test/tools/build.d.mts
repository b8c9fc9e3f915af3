export declare function isBuilt(root?: string): boolean
export declare function build(whole: boolean, root?: string): number
