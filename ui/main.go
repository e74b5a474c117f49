// Command ui bundles the islands of the pages.
package main

import "github.com/evanw/esbuild/pkg/api"

func main() { _ = api.Build(api.BuildOptions{}) }
