//go:build linux || darwin

package store

import "syscall"

// freeSpace returns the bytes that are free for us in a folder, -1 where nobody knows.
func freeSpace(dir string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
