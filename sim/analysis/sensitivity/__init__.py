"""analysis.sensitivity"""
