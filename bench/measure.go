package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// cost is what a piece of work took.
type cost struct {
	cpu, wall time.Duration
}

func (c cost) plus(d cost) cost { return cost{c.cpu + d.cpu, c.wall + d.wall} }

// perRow is the processor time of one row in nanoseconds.
func (c cost) perRow(rows int) float64 { return float64(c.cpu.Nanoseconds()) / float64(rows) }

// least keeps the cheaper of two measurements: other work on the machine only adds.
func least(c, d cost) cost {
	if c.wall == 0 {
		return d
	}
	return cost{min(c.cpu, d.cpu), min(c.wall, d.wall)}
}

// measure runs f and tells what it cost this process, with all its threads.
func measure(f func() error) (cost, error) {
	from, begin := ownCPU(), time.Now()
	err := f()
	return cost{ownCPU() - from, time.Since(begin)}, err
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// procStat reads a process's parent and its processor times in clock ticks of 10 ms:
// its own and that of its children that have ended.
func procStat(pid int) (parent int, own, children time.Duration, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0, err
	}
	// The name, in parentheses, may hold blanks.
	f := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(f) < 15 {
		return 0, 0, 0, fmt.Errorf("/proc/%d/stat is too short", pid)
	}
	n := func(i int) int { v, _ := strconv.Atoi(string(f[i])); return v }
	const tick = 10 * time.Millisecond
	return n(1), time.Duration(n(11)+n(12)) * tick, time.Duration(n(13)+n(14)) * tick, nil
}

// peakMemory is the most memory a process has held, in bytes; 0 if it cannot be told.
func peakMemory(pid string) int64 {
	b, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kb, _ := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("kB")))), 10, 64)
			return kb << 10
		}
	}
	return 0
}
