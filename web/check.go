package web

// checkRoutes are checking the record in the browser.
func (s *site) checkRoutes() {
}
